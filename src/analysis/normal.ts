/**
 * How likely a standard normal variable is at least this far from 0, on either side: erfc(|z| / √2).
 *
 * A power series near 0 and a continued fraction (Lentz's method) beyond; both are exact to about 1e-14 of the value.
 * Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
 */
export function twoSidedNormal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)): no term is negative, so nothing cancels. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** √π · e^(x²) · erfc(x) = 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))) */
function erfcFraction(x: number): number {
  let value = x;
  let numerator = x;
  let denominator = 0;
  for (let n = 1; n < 500; n++) {
    denominator = 1 / (x + (n / 2) * denominator);
    numerator = x + n / 2 / numerator;
    const change = numerator * denominator;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}
