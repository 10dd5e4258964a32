// A team of threads that runs one function on every member, again and again, with little overhead between
// runs.
//
// The caller is member 0; the others wait between runs by spinning briefly, then yielding, then sleeping, so
// that an idle team or one that shares its cores with other work costs next to nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>
#include <type_traits>
#include <vector>

#include "core/spread.h"

namespace mlp {

class ThreadTeam {
 public:
  /// `size` members including the caller; 0 means one for each core this process may use. Throws
  /// ThreadError where the system gives no more threads.
  explicit ThreadTeam(int size = 0);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return size_; }

  /// Calls work(member) on members 0 .. members-1 (0: all) and returns when all have finished. An exception
  /// thrown by a member is rethrown here (the lowest member's, if several). Allocates nothing.
  template <class Work>
  void run(Work&& work, int members = 0) {
    run_erased(
        [](void* context, int member) { (*static_cast<std::remove_reference_t<Work>*>(context))(member); },
        const_cast<void*>(static_cast<const void*>(&work)), members);
  }

  /// Inside run(): waits until every member taking part in this run has arrived. A member that throws before
  /// a barrier the others wait at would leave them waiting for ever: work that meets at barriers must not
  /// throw.
  void barrier();

 private:
  using Call = void (*)(void* context, int member);
  void run_erased(Call call, void* context, int members);
  void serve(int member);
  void stop();

  int size_;
  std::vector<std::thread> threads_;
  std::vector<std::exception_ptr> failures_;
  Spread spread_;
  Call call_ = nullptr;
  void* context_ = nullptr;
  int members_ = 0;
  bool stopping_ = false;
  alignas(64) std::atomic<std::uint32_t> generation_{0};
  alignas(64) std::atomic<std::int32_t> running_{0};
  alignas(64) std::atomic<std::int32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> phase_{0};
};

/// A contiguous share [begin, end) of `count` items for `member` of `members`; shares differ by at most one
/// `granule` and begin at multiples of it.
struct Share {
  std::size_t begin = 0;
  std::size_t end = 0;
};
Share share_of(std::size_t count, int member, int members, std::size_t granule = 1);

}  // namespace mlp
