/// The hot loops, compiled once for each class of processor.
///
/// Every kernel has a `portable` body, which uses only operations that IEEE 754 rounds correctly and never fuses
/// them (the same bits on every machine), and on x86-64 a second body for processors with AVX2 and fused
/// multiply-add (the same bits on every such machine). The two may differ in the last bits.
#pragma once

#include "KernelClass.h"
#include "NormalDraws.h"
#include "TailScan.h"
