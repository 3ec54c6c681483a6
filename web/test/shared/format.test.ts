import { describe, expect, it } from "vitest"
import {
  formatBytes,
  formatCount,
  formatMoney,
  formatMultiple,
  formatPercent,
} from "../../src/shared/format/numbers.ts"
import { formatSpan } from "../../src/shared/format/times.ts"

describe("a number", () => {
  it("is written as people write it", () => {
    expect(formatCount(412_000)).toBe("412,000")
    expect(formatMoney(81_420_000)).toBe("$81.4M")
    expect(formatMoney(100_000_000)).toBe("$100M")
    expect(formatMoney(-1_250_000)).toBe("-$1.3M")
    expect(formatMultiple(1.7)).toBe("1.70×")
    expect(formatPercent(12.34)).toBe("12.3%")
  })

  it("that is not there is a dash, and never 0", () => {
    for (const format of [formatCount, formatMoney, formatMultiple, formatPercent, formatBytes]) {
      expect(format(undefined)).toBe("–")
      expect(format(null)).toBe("–")
      expect(format(Number.NaN)).toBe("–")
    }
  })

  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1.0 KB"],
    [10 * 1024 * 1024, "10.0 MB"],
    [250 * 1024 * 1024, "250 MB"],
  ])("of %i bytes is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})

it.each([
  [0, "0.0 s"],
  [420, "0.4 s"],
  [12_000, "12 s"],
  [200_000, "3 min 20 s"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("a span of %i ms is %s", (milliseconds, text) => expect(formatSpan(milliseconds)).toBe(text))
