/**
 * A number from 0 to below 1 that hangs on a seed and a label alone, so that what one request meets does not depend on the
 * order in which others arrive. Hash: cyrb53 (public domain, B. Guo), 53 bits.
 */
export function draw(seed: number, label: string): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ Math.floor(seed / 2 ** 32)
  for (let at = 0; at < label.length; at++) {
    const unit = label.charCodeAt(at)
    high = Math.imul(high ^ unit, 2_654_435_761)
    low = Math.imul(low ^ unit, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)) / 2 ** 53
}
