const scales: Record<string, number> = { k: 1e3, m: 1e6, mn: 1e6, b: 1e9, bn: 1e9, t: 1e12 }

/**
 * A number as people type it: `1,250,000`, `$1.25M`, `2.5 %`. NaN if it is none, as is `2,5`: a comma parts
 * thousands here, and whoever means a decimal one must not get ten times as much.
 */
export function parseNumber(text: string): number {
  const [, digits, scale = ""] =
    /^\s*\$?\s*([+−-]?(?:\d{1,3}(?:[,\s]\d{3})+|\d*)(?:\.\d+)?)\s*([a-z]*)\s*[%×]?\s*$/i.exec(
      text,
    ) ?? []
  const plain = digits?.replaceAll(/[,\s]/g, "").replace("−", "-")
  const factor = scale ? scales[scale.toLowerCase()] : 1
  if (!plain || factor === undefined) return Number.NaN
  // A decimal scale by its exponent, so that 1.1M is not 1,100,000.0000000001.
  return factor === 1 ? Number(plain) : Number(`${plain}e${Math.round(Math.log10(factor))}`)
}
