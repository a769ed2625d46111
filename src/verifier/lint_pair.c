#include "lint.h"
void lint_pairs(struct lint *l) { (void)l; }
