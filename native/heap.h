// How the process gives memory back.
#pragma once

namespace pellucid {

// Keeps freed memory for the next step. A step allocates and frees the same few megabytes again and again; given back to
// the system each time, as glibc does by default, they cost a page fault for every 4 KB: half the time of an LSTM's step.
// Left alone where the environment says how memory is to be given back.
void keep_freed_memory();

}  // namespace pellucid
