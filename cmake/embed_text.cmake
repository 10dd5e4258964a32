# INPUT's text as a C++ source: see mlp_embed_text in EmbedText.cmake.
file(READ ${INPUT} text)
string(REGEX REPLACE "^/\\*[^*]*\\*/\n" "" text "${text}")  # a comment at the top of the file is for us and is not embedded
string(FIND "${text}" ")text\"" end)
if(NOT end EQUAL -1)
  message(FATAL_ERROR "${INPUT} contains )text\", which ends a raw string")
endif()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace mlp {\n\nconst char* const ${VARIABLE} = R\"text(${text})text\";\n\n}  // namespace mlp\n")
