"""Predicts through ctypes: predict.py LIBRARY MODEL [CSV]. Prints the names of the outputs, then the outputs as
hexadecimal floats: of rows 0, 0.25, 0.5, ... of the model's inputs, or of a file's rows. Exit code 1 with the error's
text where the model cannot be loaded."""
import ctypes
import sys

mlp = ctypes.CDLL(sys.argv[1])
mlp.mlp_last_error.restype = mlp.mlp_model_output_name.restype = ctypes.c_char_p
mlp.mlp_model_inputs.restype = mlp.mlp_model_outputs.restype = ctypes.c_size_t
mlp.mlp_model_inputs.argtypes = mlp.mlp_model_outputs.argtypes = [ctypes.c_void_p]
mlp.mlp_model_output_name.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
mlp.mlp_model_free.argtypes = mlp.mlp_predictor_free.argtypes = [ctypes.c_void_p]
mlp.mlp_predictor_create.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p]
mlp.mlp_predict.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
mlp.mlp_predict_csv.argtypes = mlp.mlp_predict.argtypes + [ctypes.c_void_p]


def check(status):
    if status != 0:
        sys.exit(mlp.mlp_last_error().decode())


model, predictor = ctypes.c_void_p(), ctypes.c_void_p()
check(mlp.mlp_model_load(sys.argv[2].encode(), ctypes.byref(model)))
check(mlp.mlp_predictor_create(model, 1, 1, ctypes.byref(predictor)))
inputs, outputs = mlp.mlp_model_inputs(model), mlp.mlp_model_outputs(model)
names = [mlp.mlp_model_output_name(model, index).decode() for index in range(outputs)]
found = (ctypes.c_float * (3 * outputs))()
if len(sys.argv) > 3:
    with open(sys.argv[3], "rb") as file:
        text = file.read()
    rows = ctypes.c_size_t()
    check(mlp.mlp_predict_csv(predictor, text, len(text), found, len(found), ctypes.byref(rows)))
    assert rows.value == 3, rows.value
else:
    row = (ctypes.c_float * (3 * inputs))(*[index / 4 for index in range(3 * inputs)])
    check(mlp.mlp_predict(predictor, row, len(row), found, len(found)))
print(*names, *[value.hex() for value in found], sep="\n")
mlp.mlp_predictor_free(predictor)
mlp.mlp_model_free(model)
