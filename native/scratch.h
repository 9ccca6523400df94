// Memory of one thread, kept between calls.
#pragma once

#include "isa.h"

namespace pellucid {

// At least `floats` floats, aligned to 64 bytes; what is in them is lost at the next call on this thread.
float* scratch(i64 floats);

// The same for what a task hands to its chunks, while these use `scratch`.
float* task_scratch(i64 floats);

}  // namespace pellucid
