import { describe, expect, it } from "vitest"
import { formatMultiple } from "../../src/shared/format/numbers.ts"
import {
  digitsOfTicks,
  roundTicks,
  shareTicks,
} from "../../src/wizard/results/charts/roundTicks.ts"
import { toCsv } from "../../src/wizard/results/export/csv.ts"
import { binName, binsOf, sharesIn } from "../../src/wizard/results/tables/bins.ts"
import { plusMinus } from "../../src/wizard/results/tables/confidence.ts"
import { figuresOf, formatError } from "../../src/wizard/results/tables/figures.ts"
import { shownCell } from "../../src/wizard/results/tables/table.ts"
import { metricOf, reportOf } from "./report.ts"

describe("bins", () => {
  const names = (bins: ReturnType<typeof binsOf>) =>
    bins.map((bin) => binName(bin, (value) => formatMultiple(value, 0)))

  it("are the server's, the last one open above", () => {
    const bins = binsOf([metricOf([0, 1, 2], [1, 1, 2])], false)
    expect(names(bins)).toEqual(["0× to 1×", "1× to 2×", "≥ 2×"])
    expect(sharesIn(bins, metricOf([0, 1, 2], [1, 1, 2]))).toEqual([25, 25, 50])
  })

  it("fold tails that hold next to nothing in all runs, and lose no path", () => {
    const edges = [-2, -1, 0, 1, 2, 3]
    const one = metricOf(edges, [1, 0, 1_000, 1_000, 1, 0])
    const two = metricOf(edges, [0, 0, 1_000, 0, 0, 0])
    const bins = binsOf([one, two], true)
    expect(names(bins)).toEqual(["< 0×", "0× to 1×", "1× to 2×", "≥ 2×"])
    expect(sharesIn(bins, one).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100)
    expect(sharesIn(bins, one)[0]).toBeCloseTo(100 / 2_002)
  })

  it("keep a tail that one of the runs needs", () => {
    const edges = [0, 1, 2, 3]
    const bins = binsOf([metricOf(edges, [100, 0, 0, 0]), metricOf(edges, [0, 0, 0, 100])], true)
    expect(bins).toHaveLength(4)
  })

  it("of a run without paths are empty, not broken", () => {
    const none = metricOf([0, 1], [0, 0])
    expect(sharesIn(binsOf([none], true), none)).toEqual([0, 0])
  })
})

describe("figures", () => {
  it("have the ± of 95 in 100", () => {
    expect(plusMinus(0.1)).toBeCloseTo(0.196)
    expect(plusMinus(undefined)).toBeUndefined()
    const [tvpi] = figuresOf(reportOf())
    expect(tvpi).toMatchObject({ name: "Net TVPI", value: 5 })
    expect(tvpi && formatError(tvpi)).toBe("±0.20×")
  })

  it("show a small ± with a digit more, rather than as 0", () => {
    const report = reportOf({
      probabilities: {
        netTvpiAtLeast1: { percent: 81.8, standardError: 0.02 },
        netTvpiAtLeast3: { percent: 0 },
      },
    })
    const [least1, least3] = figuresOf(report).slice(4)
    expect(least1 && formatError(least1)).toBe("±0.04%")
    expect(least3 && formatError(least3)).toBe("")
  })

  it("by a year that the fund does not live to see are none", () => {
    const [year5, year10] = figuresOf(reportOf()).slice(2)
    expect(year5).toMatchObject({ name: "DPI by year 5", value: 5, error: 0.98 })
    expect(year10).toMatchObject({ name: "DPI by year 10", value: undefined, error: undefined })
  })
})

describe("CSV", () => {
  it("keeps numbers as they are, and quotes what needs it", () => {
    const csv = toCsv({
      columns: [{ name: "Name" }, { name: "Share, %", format: () => "no" }],
      rows: [
        ['say "hi"', 0.1],
        ["b\n", null],
      ],
    })
    expect(csv).toBe('Name,"Share, %"\r\n"say ""hi""",0.1\r\n"b\n",\r\n')
  })

  it("lets no spreadsheet take a name for a formula", () => {
    expect(toCsv({ columns: [{ name: "Name" }], rows: [["=1+1"], ["@x"], [-5]] })).toBe(
      "Name\r\n'=1+1\r\n'@x\r\n-5\r\n",
    )
  })
})

it.each([
  [12.3, [0, 5, 10]],
  [18, [0, 5, 10, 15]],
  [9.9, [0, 2, 4, 6, 8]],
  [0.8, [0, 0.2, 0.4, 0.6, 0.8]],
  [4.9, [0, 1, 2, 3, 4]],
  [100, [0, 20, 40, 60, 80, 100]],
])("shares up to %d have the ticks %j", (most, ticks) => expect(shareTicks(most)).toEqual(ticks))

it("a cell is shown by its column", () => {
  expect(shownCell(1.234, { name: "x", format: (value) => formatMultiple(value) })).toBe("1.23×")
  expect(shownCell(null, { name: "x" })).toBe("–")
})

it.each([
  [-90e6, 300e6, [-100e6, 0, 100e6, 200e6, 300e6], 0],
  [1.44, 1.89, [1.4, 1.5, 1.6, 1.7, 1.8, 1.9], 1],
  [8.021, 8.058, [8.02, 8.03, 8.04, 8.05, 8.06], 2],
  [0, 0, [0, 0.2], 1],
  [1, 1, [1, 1.2], 1],
])("an axis from %d to %d has the ticks %j", (least, greatest, ticks, digits) => {
  expect(roundTicks(least, greatest)).toEqual(ticks)
  expect(digitsOfTicks(ticks)).toBe(digits)
})
