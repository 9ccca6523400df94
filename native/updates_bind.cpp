// One call moves all parameters of a group. False, and nothing has moved, where the arrays are not what the kernels
// take; the caller then goes the slow way, which says what is wrong if something is.
#include "updates.h"

#include "bind.h"
#include "lists.h"

namespace pellucid {
namespace {

// The lists' arrays, one role behind the other: parameter i in role r is at r * count + i.
struct Lists {
  Buffers buffers;
  std::size_t count;
  bool usable;

  // The first list holds the parameters, the second their gradients, the others what is remembered.
  explicit Lists(std::initializer_list<const nb::list*> roles) : count((*roles.begin())->size()), usable(true) {
    std::size_t role = 0;
    for (const nb::list* list : roles) {
      require(list->size() == count, "update: the lists differ in length");
      usable = usable && buffers.add(*list, role++ != 1);
    }
    for (std::size_t i = count; usable && i < roles.size() * count; ++i) usable = buffers.same_shape(i, i % count);
    usable = usable && buffers.disjoint();
  }

  float* data(std::size_t role, std::size_t i) const { return buffers.data(role * count + i); }
  i64 size(std::size_t i) const { return buffers.size(i); }
};

float narrow(double x) { return static_cast<float>(x); }

bool update_sgd(const nb::list& ps, const nb::list& gs, const std::optional<nb::list>& bs, double lr, double momentum,
                double dampening, double weight_decay, bool nesterov, bool maximize) {
  const Lists lists = bs ? Lists{&ps, &gs, &*bs} : Lists{&ps, &gs};
  if (!lists.usable) return false;
  std::vector<SgdLeaf> leaves;
  leaves.reserve(lists.count);
  for (std::size_t i = 0; i < lists.count; ++i)
    leaves.push_back({lists.size(i), lists.data(0, i), lists.data(1, i), bs ? lists.data(2, i) : nullptr});
  const Sgd how{0, narrow(momentum), narrow(1 - dampening), narrow(weight_decay), maximize ? -1.0f : 1.0f, nesterov};
  perform_update([=](double rate, i64) { run_sgd(how, leaves, rate); }, lr, ps, gs, bs);
  return true;
}

bool update_rmsprop(const nb::list& ps, const nb::list& gs, const nb::list& vs, const std::optional<nb::list>& means,
                    const std::optional<nb::list>& bs, double lr, double alpha, double eps, double weight_decay,
                    double momentum, bool maximize) {
  const std::size_t b = means ? 4 : 3;  // the velocity's role
  const Lists lists = means && bs ? Lists{&ps, &gs, &vs, &*means, &*bs}
                      : means     ? Lists{&ps, &gs, &vs, &*means}
                      : bs        ? Lists{&ps, &gs, &vs, &*bs}
                                  : Lists{&ps, &gs, &vs};
  if (!lists.usable) return false;
  std::vector<RmspropLeaf> leaves;
  leaves.reserve(lists.count);
  for (std::size_t i = 0; i < lists.count; ++i)
    leaves.push_back({lists.size(i), lists.data(0, i), lists.data(1, i), lists.data(2, i),
                      means ? lists.data(3, i) : nullptr, bs ? lists.data(b, i) : nullptr});
  const Rmsprop how{0,           narrow(alpha),        narrow(1 - alpha),
                    narrow(eps), narrow(weight_decay), narrow(momentum), maximize ? -1.0f : 1.0f};
  perform_update([=](double rate, i64) { run_rmsprop(how, leaves, rate); }, lr, ps, gs, vs, means, bs);
  return true;
}

bool update_adam(const nb::list& ps, const nb::list& gs, const nb::list& ms, const nb::list& vs,
                 const std::vector<i64>& steps, double lr, double beta1, double beta2, double eps, double weight_decay,
                 bool decoupled, bool maximize) {
  const Lists lists{&ps, &gs, &ms, &vs};
  require(steps.size() == lists.count, "update: the lists differ in length");
  if (!lists.usable) return false;
  std::vector<AdamLeaf> leaves;
  leaves.reserve(lists.count);
  for (std::size_t i = 0; i < lists.count; ++i)
    leaves.push_back({lists.size(i), lists.data(0, i), lists.data(1, i), lists.data(2, i), lists.data(3, i), steps[i],
                      0, 0});
  const AdamNumbers numbers{beta1, beta2, eps, weight_decay, decoupled, maximize ? -1.0f : 1.0f};
  perform_update([=](double rate, i64 later) { run_adam(numbers, leaves, rate, later); }, lr, ps, gs, ms, vs);
  return true;
}

}  // namespace

void bind_updates(nb::module_& m) {
  m.def("update_sgd", &update_sgd, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg(), nb::arg(),
        nb::arg(), nb::arg());
  m.def("update_rmsprop", &update_rmsprop, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(),
        nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg());
  m.def("update_adam", &update_adam);
}

}  // namespace pellucid
