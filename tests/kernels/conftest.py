import importlib.util

# Where no C++ compiler was found there is no native engine to test.
collect_ignore_glob = [] if importlib.util.find_spec("pellucid._native") else ["test_native_*.py"]
