# mlp_embed_text(TARGET FILE VARIABLE HEADER): TARGET gets FILE's text as `const char* const VARIABLE`, which HEADER declares;
# compiled again when FILE changes.
function(mlp_embed_text target file variable header)
  get_filename_component(name ${file} NAME)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file} -D OUTPUT=${source} -D VARIABLE=${variable} -D HEADER=${header}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
    COMMENT "Embedding ${file}" VERBATIM)
  # The rule belongs to this folder, while the target may belong to another.
  add_custom_target(mlp_embed_${variable} DEPENDS ${source})
  add_dependencies(${target} mlp_embed_${variable})
  target_sources(${target} PRIVATE ${source})
endfunction()
