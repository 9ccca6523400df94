"""Measurements that anybody can repeat; results are kept, dated, in docs/."""
