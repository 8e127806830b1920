;; How many steps the Collatz sequence (n/2 if even, 3n + 1 if odd) takes from n to 1, summed over count numbers from first on.
(module
  (func (export "totalSteps") (param $first i32) (param $count i32) (result i32)
    (local $n i64)
    (local $steps i32)
    (block $done
      (loop $numbers
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $n (i64.extend_i32_u (local.get $first)))
        (block $reached
          (loop $sequence
            (br_if $reached (i64.le_u (local.get $n) (i64.const 1)))
            (if (i64.eqz (i64.and (local.get $n) (i64.const 1)))
              (then (local.set $n (i64.shr_u (local.get $n) (i64.const 1))))
              (else
                (local.set $n
                  (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1)))))
            (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
            (br $sequence)))
        (local.set $first (i32.add (local.get $first) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $numbers)))
    (local.get $steps)))
