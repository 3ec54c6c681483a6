import { expect, it } from "vitest"
import { parseNumber } from "../../src/shared/format/parseNumber.ts"
import { showIn, type Unit } from "../../src/wizard/form/units.ts"

it.each([
  ["1,250,000", 1_250_000],
  ["$1.25M", 1_250_000],
  ["1.1m", 1_100_000],
  [" 2.5 % ", 2.5],
  ["12k", 12_000],
  ["3bn", 3e9],
  ["-4", -4],
  ["−4", -4],
  ["1 250 000", 1_250_000],
  ["2,5", Number.NaN],
  ["1,2,3", Number.NaN],
  ["1,25M", Number.NaN],
  [".5", 0.5],
  ["", Number.NaN],
  ["$", Number.NaN],
  ["12 years", Number.NaN],
  ["1.2.3", Number.NaN],
  ["1e6", Number.NaN],
])("%j is read as %d", (text, value) => expect(parseNumber(text)).toBe(value))

it.each<[Unit, number]>([
  ["money", 100_000_000],
  ["money", 1_250_000],
  ["money", 123_456.78],
  ["money", 999],
  ["percent", 33.3],
  ["plain", 1_000_000_000],
])("what a field of %s shows of %d is read as the same", (unit, value) =>
  expect(parseNumber(showIn(unit, value))).toBe(value),
)
