// pellucid._native: what Python calls.
#include "bind.h"
#include "heap.h"
#include "isa.h"

NB_MODULE(_native, m) {
  using namespace pellucid;
  keep_freed_memory();
  m.def("isa", &isa_name);
  m.def("available_isas", &available_isas);
  m.def("choose_isa", &choose_isa);
  m.def("thread_count", &thread_count);
  m.def("set_thread_count", &set_thread_count);
  bind_attention(m);
  bind_clipping(m);
  bind_counted(m);
  bind_convolution(m);
  bind_gemm(m);
  bind_plan(m);
  bind_pooled_convolution(m);
  bind_pooling(m);
  bind_updates(m);
  bind_maps(m);
  bind_rows(m);
  bind_embedding(m);
  bind_channel_norm(m);
  bind_norms(m);
  bind_dropout(m);
  bind_losses(m);
  bind_row_losses(m);
  bind_recurrence(m);
}
