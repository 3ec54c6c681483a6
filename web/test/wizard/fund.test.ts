import { describe, expect, it } from "vitest"
import { formatCount, formatMoney } from "../../src/shared/format/numbers.ts"
import { defaultFund, fundOfSize } from "../../src/wizard/fund/defaults.ts"
import { faultsOf } from "../../src/wizard/fund/faults.ts"
import { fromInput, readInput, toInput, toJsonText } from "../../src/wizard/fund/inputJson.ts"
import { planOf } from "../../src/wizard/fund/plan.ts"
import { presets } from "../../src/wizard/fund/presets.ts"
import { firstFault, stepOf } from "../../src/wizard/fund/steps.ts"
import { type Fund, failureOf } from "../../src/wizard/fund/types.ts"

/** A copy of the default fund in which one field, under its dotted path, is another. */
function withField(path: string, value: unknown, fund: Fund = defaultFund): Fund {
  const copy = structuredClone(fund) as never
  const keys = path.split(".")
  const last = keys.pop() as string
  const owner = keys.reduce((at: Record<string, unknown>, key) => at[key] as never, copy)
  owner[last] = value
  return copy
}

const faultAt = (path: string, fund: Fund) =>
  faultsOf(fund).find(({ field }) => field === path)?.message

describe("the plan", () => {
  it("of the default fund is the one that the server derives", () => {
    const plan = planOf(defaultFund)
    expect(plan.lpCommitments).toBe(98_000_000)
    expect(plan.managementFees).toBeCloseTo(16_170_000, 0)
    expect(plan.investable).toBeCloseTo(81_430_000, 0)
    expect(plan.initialCapital).toBeCloseTo(44_786_500, 0)
    expect(plan.reserves).toBeCloseTo(36_643_500, 0)
    expect(plan.cheques).toBe(27)
    expect(plan.funnel.map(({ cheques }) => cheques)).toEqual([20, 7, 0, 0, 0])
  })

  it("counts who comes up from stage to stage, and loses nobody on the way", () => {
    const { funnel, cheques } = planOf(defaultFund)
    expect(funnel[1]?.arriving).toBeCloseTo(8.4)
    expect(funnel[1]?.entering).toBeCloseTo(15.4)
    const ended = funnel.reduce((sum, { exiting, failing }) => sum + exiting + failing, 0)
    expect(ended).toBeCloseTo(cheques)
    expect(funnel.at(-1)?.graduating).toBe(0)
  })

  it("makes exactly n cheques of a part that pays for n", () => {
    const fund = {
      ...defaultFund,
      fees: { management: 0, stepDown: 0, floor: 0, expenses: 0 },
      reserves: { ratio: 0, proRata: 0 },
    }
    const only = {
      ...defaultFund.stages[0],
      allocation: 30,
      cheque: 100_000_000 * 0.1,
    } as Fund["stages"][0]
    expect(planOf({ ...fund, stages: [only] }).cheques).toBe(3)
  })
})

describe("the plan of figures that no fund has", () => {
  it("is none, and is there at once", () => {
    const plan = planOf(withField("fund.lifeYears", 1e308))
    expect(plan.investable).toBeNaN()
    expect(formatMoney(planOf(withField("fund.size", 1e300)).investable)).toBe("–")
    expect(formatCount(planOf(withField("stages.0.cheque", 1e-300)).cheques)).toBe("–")
  })
})

describe("the failure rate", () => {
  it("is what graduation and exit leave of 100", () => {
    expect(defaultFund.stages.map((_, index) => failureOf(defaultFund.stages, index))).toEqual([
      42, 32, 26, 20, 22,
    ])
    expect(failureOf(withField("stages.0.graduation", 33.3).stages, 0)).toBe(50.7)
    expect(failureOf(withField("stages.0.graduation", 90).stages, 0)).toBe(0)
  })
})

describe("faults", () => {
  it("there are none in the defaults and the presets", () => {
    for (const fund of [defaultFund, ...presets.map(({ fund }) => fund)])
      expect(faultsOf(fund)).toEqual([])
  })

  it.each([
    ["fund.size", 5, "From $100K to $1T"],
    ["fund.size", Number.NaN, "A number is needed, such as 2.5"],
    ["fund.lifeYears", 3.5, "A whole number is needed"],
    ["fund.investmentYears", 13, "At most 12, the fund's life"],
    ["fees.floor", 3, "At most 2, the full fee"],
    ["fees.expenses", 20_000_000, "Fees and expenses leave nothing to invest"],
    ["carry.catchUp", 20, "0 for none, or above the carry of 20%"],
    ["portfolio.deployYears", 6, "At most 5, the investment years"],
    ["stages.0.name", "  ", "A name is needed"],
    ["stages.0.graduation", 90, "With exits 106%; at most 100%"],
    ["stages.0.allocation", 50, "All stages together come to 94%; 100% is needed"],
    ["stages.0.monthsToExit.p90", 10, "Not below the median"],
    ["stages.0.cheque", 30_000_000, "More than the $25.1M that this stage gets"],
    ["stages.1.cheque", 13_000_000, "More than the $12M allowed for one company"],
    ["paths", 0, "From 1 to 1,000,000,000"],
  ])("at %s of %s", (path, value, message) => {
    expect(faultAt(path, withField(path, value))).toBe(message)
  })

  it("of the whole list of stages, where the companies are too many", () => {
    expect(faultAt("stages", withField("stages.0.cheque", 1_000))).toMatch(/larger cheques/)
  })

  it("come in the order of the steps", () => {
    const fund = withField(
      "paths",
      0,
      withField("fees.management", 11, withField("reserves.ratio", 95)),
    )
    expect(firstFault(faultsOf(fund))?.field).toBe("fees.management")
    expect(
      ["fund.size", "carry.rate", "stages.1.exit", "recycling.cap", "seed", ""].map(stepOf),
    ).toEqual(["fund", "fees", "stages", "reserves", "run", "run"])
  })
})

describe("JSON", () => {
  it("that is exported and imported is the same fund", () => {
    for (const { fund } of presets)
      expect(readInput(toJsonText(fund))).toEqual({ fund, leftOut: [] })
  })

  it("that says nothing is the default fund", () => {
    expect(fromInput({})).toEqual({ fund: defaultFund, leftOut: [] })
    expect(fromInput({ fund: { size: 50_000_000 } }).fund).toEqual(fundOfSize(50_000_000))
  })

  it("takes what it leaves out from the defaults, as the server does", () => {
    const { fund } = fromInput({
      fund: { lifeYears: 4 },
      stages: [{ name: "series b", exit: 30 }, {}],
    })
    expect(fund.fund).toMatchObject({ investmentYears: 4, asOfYear: 4 })
    expect(fund.portfolio.deployYears).toBe(3)
    expect(fund.recycling.untilYear).toBe(4)
    expect(fund.stages.map(({ name, allocation }) => [name, allocation])).toEqual([
      ["series b", 56],
      ["Series C", 44],
    ])
    expect(fund.stages[0]).toMatchObject({ exit: 30, graduation: 48, postMoney: 130_000_000 })
  })

  it("may tell two of the three rates, and a distribution as a number", () => {
    const { fund } = fromInput({ stages: [{ failure: 50, exit: 20, exitMultiple: 2 }, {}] })
    expect(fund.stages[0]).toMatchObject({
      graduation: 30,
      exit: 20,
      exitMultiple: { type: "fixed", value: 2 },
    })
  })

  it("names what is no field, and shows a wrong type as a fault", () => {
    const { fund, leftOut } = fromInput({ fund: { sise: 1, gpCommitment: "2" }, extra: {} })
    expect(leftOut).toEqual(["extra", "fund.sise"])
    expect(faultAt("fund.gpCommitment", fund)).toBe("A number is needed, such as 2.5")
  })

  it.each([
    [{ type: "gamma", k: 2 }, "stages.0.exitMultiple"],
    [{ type: "constructor" }, "stages.0.exitMultiple"],
    [{ type: 5 }, "stages.0.exitMultiple"],
    ["5x", "stages.0.exitMultiple"],
    [{ median: 2, p90: "x" }, undefined],
    [{ type: "fixed", value: 2, min: 1 }, "stages.0.exitMultiple.min"],
    [{ mean: 2 }, undefined],
  ])("that has %j for a distribution can be shown and mended", (exitMultiple, expected) => {
    const { fund, leftOut } = fromInput({ stages: [{ exitMultiple }] })
    expect(leftOut).toEqual(expected ? [expected] : [])
    const isSound = (exitMultiple as { value?: number }).value === 2
    expect(
      faultsOf(fund).filter(({ field }) => field.startsWith("stages.0.exitMultiple.")).length,
    ).toBe(isSound ? 0 : 1)
    expect(() => planOf(fund)).not.toThrow()
    expect(() => toInput(fund)).not.toThrow()
  })

  it("that has lists, texts and names of other types where fields are names each of them", () => {
    const given = { carry: "x", fund: [], stages: [{ name: 5 }, null] }
    const { fund, leftOut } = fromInput(given)
    expect(leftOut).toEqual(["fund", "carry", "stages.1"])
    expect(faultAt("stages.0.name", fund)).toBe("A name is needed")
    expect(fromInput({ stages: {} }).leftOut).toEqual(["stages"])
  })

  it.each([
    [{ failure: 10 }, 42, 48],
    [{ failure: 10, graduation: 50 }, 50, 40],
    [{ failure: 10, exit: 50 }, 40, 50],
    [{ failure: 33.3, exit: 16 }, 50.7, 16],
  ])("that gives %j has the other rates that the server would take", (given, graduation, exit) => {
    expect(fromInput({ stages: [given, {}] }).fund.stages[0]).toMatchObject({ graduation, exit })
    expect(fromInput({ stages: [{ failure: 20 }] }).fund.stages[0]).toMatchObject({
      graduation: 0,
      exit: 80,
    })
  })

  it("that gives three rates which do not come to 100 says so", () => {
    const { leftOut } = fromInput({ stages: [{ failure: 10, graduation: 40, exit: 40 }, {}] })
    expect(leftOut).toEqual(["stages.0.failure"])
  })

  it("has no fee floor above the fee, and buys within its investment years", () => {
    expect(fromInput({ fund: { investmentYears: 1 } }).fund.portfolio.deployYears).toBe(1)
    expect(fromInput({ fees: { management: 0.3 } }).fund.fees.floor).toBe(0.3)
  })

  it("that is none is refused", () => {
    expect(() => readInput("{")).toThrow(SyntaxError)
    expect(() => readInput("[]")).toThrow("not an object")
  })

  it("for the server has no seed where none is given, and no graduates of the last stage", () => {
    const fund = { ...defaultFund, stages: defaultFund.stages.slice(0, 2) }
    expect(toInput(fund)).not.toHaveProperty("seed")
    expect(toInput({ ...fund, seed: 0 })).toHaveProperty("seed", 0)
    expect(toInput(fund)).toHaveProperty("stages.1.graduation", 0)
  })
})
