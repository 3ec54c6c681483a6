import type { Distribution } from "./types.ts"

/** The ways to tell a distribution, as the form offers them. */
export type DistributionKind = "median" | "mean" | "uniform" | "power" | "fixed"

export const kindNames: Record<DistributionKind, string> = {
  median: "Lognormal: median, p90",
  mean: "Lognormal: mean, sigma",
  uniform: "Uniform",
  power: "Power law",
  fixed: "Always the same",
}

/** The members of each kind, in the order in which they are shown. */
export const kindMembers: Record<DistributionKind, readonly string[]> = {
  median: ["median", "p90"],
  mean: ["mean", "sigma"],
  uniform: ["min", "max"],
  power: ["alpha", "min", "max"],
  fixed: ["value"],
}

export function kindOf(distribution: Distribution): DistributionKind {
  if (distribution.type !== "lognormal") return distribution.type
  return "mean" in distribution ? "mean" : "median"
}

/** The kind of what has this type and these members, whatever they are; undefined where no kind has that type. */
export function kindNamed(type: unknown, members: object): DistributionKind | undefined {
  if (type === "lognormal") return "mean" in members || "sigma" in members ? "mean" : "median"
  return type === "uniform" || type === "power" || type === "fixed" ? type : undefined
}

/** The value that half of the draws lie below; NaN where a member is missing. */
export function medianOf(distribution: Distribution): number {
  switch (distribution.type) {
    case "fixed":
      return distribution.value
    case "uniform":
      return (distribution.min + distribution.max) / 2
    case "power": {
      const { alpha, min, max } = distribution
      return ((min ** -alpha + max ** -alpha) / 2) ** (-1 / alpha)
    }
    case "lognormal":
      return "mean" in distribution
        ? distribution.mean * Math.exp(-(distribution.sigma ** 2) / 2)
        : distribution.median
  }
}

/** A distribution of another kind with about the same median and spread. */
export function toKind(from: Distribution, kind: DistributionKind): Distribution {
  const median = medianOf(from)
  const centre = Number.isFinite(median) && median > 0 ? median : 1
  const tidy = (value: number) => Number(value.toPrecision(3))
  switch (kind) {
    case "median":
      return { type: "lognormal", median: tidy(centre), p90: tidy(centre * 2) }
    case "mean":
      return { type: "lognormal", mean: tidy(centre * Math.exp(0.15)), sigma: 0.55 }
    case "uniform":
      return { type: "uniform", min: tidy(centre * 0.5), max: tidy(centre * 1.5) }
    case "power":
      return { type: "power", alpha: 1.6, min: tidy(centre * 0.65), max: tidy(centre * 30) }
    case "fixed":
      return { type: "fixed", value: tidy(centre) }
  }
}
