/**
 * The numbers of one discretisation of the exercise boundary, independent of the option: see `boundary.ts`. Time before
 * expiration τ runs over [0, T]. The boundary is known at Chebyshev nodes in √τ, and integrals over the time u that is
 * left at a possible exercise use Gauss-Legendre points in θ with u = τ cos²θ, which is smooth at both ends.
 */
export interface Collocation {
  /** Nodes, the one at τ = 0 not counted. */
  readonly nodes: number
  /** √(τ/T) of every node, from 1 (τ = T) downwards. */
  readonly nodeRoots: Float64Array
  /** Points of the integrals that fix the boundary at each node. */
  readonly inner: IntegrationPoints
  /** Value of a function at point k of node i from its values at the nodes: weight of node j at `(i · points + k) · nodes + j`. */
  readonly innerWeights: Float64Array
  /** Points of the integral for the price. */
  readonly outer: IntegrationPoints
  /** As `innerWeights`, for τ = T alone. */
  readonly outerWeights: Float64Array
  /** Times that every node is improved. */
  readonly iterations: number
}

export interface IntegrationPoints {
  readonly count: number
  /** sin θ, which is √((τ - u)/τ). */
  readonly sine: Float64Array
  /** Weight for an integral over u/τ. */
  readonly weight: Float64Array
}

/** The discretisation with so many nodes, points at each node, points for the price, and improvements. */
export function makeCollocation(nodes: number, innerPoints: number, outerPoints: number, iterations: number): Collocation {
  const positions = Float64Array.from({ length: nodes + 1 }, (_, place) => Math.cos((Math.PI * place) / nodes))
  const nodeRoots = positions.slice(0, nodes).map((position) => (1 + position) / 2)
  const [inner, outer] = [integrationPoints(innerPoints), integrationPoints(outerPoints)]
  const innerWeights = new Float64Array(nodes * innerPoints * nodes)
  for (let node = 0; node < nodes; node++) {
    for (let point = 0; point < innerPoints; point++) {
      const root = nodeRoots[node]! * Math.sqrt(1 - inner.sine[point]! ** 2)
      innerWeights.set(interpolationWeights(positions, 2 * root - 1), (node * innerPoints + point) * nodes)
    }
  }
  const outerWeights = new Float64Array(outerPoints * nodes)
  for (let point = 0; point < outerPoints; point++) {
    outerWeights.set(interpolationWeights(positions, 2 * Math.sqrt(1 - outer.sine[point]! ** 2) - 1), point * nodes)
  }
  return { nodes, nodeRoots, inner, innerWeights, outer, outerWeights, iterations }
}

function integrationPoints(count: number): IntegrationPoints {
  const legendre = gaussLegendre(count)
  const angles = legendre.points.map((point) => ((1 + point) * Math.PI) / 4)
  return {
    count,
    sine: angles.map(Math.sin),
    weight: legendre.weights.map((weight, place) => weight * (Math.PI / 4) * Math.sin(2 * angles[place]!)),
  }
}

/** Lagrange weights of all nodes but the last (where the function is 0), by the barycentric formula for Chebyshev's extreme points. */
function interpolationWeights(positions: Float64Array, at: number): Float64Array {
  const last = positions.length - 1
  const hit = positions.indexOf(at)
  if (hit >= 0) return Float64Array.from({ length: last }, (_, place) => (place === hit ? 1 : 0))
  const terms = positions.map(
    (position, place) => ((place % 2 === 0 ? 1 : -1) * (place === 0 || place === last ? 0.5 : 1)) / (at - position),
  )
  const total = terms.reduce((sum, term) => sum + term, 0)
  return terms.slice(0, last).map((term) => term / total)
}

/** Points and weights of Gauss and Legendre on [-1, 1]: roots of the Legendre polynomial by Newton's method. */
function gaussLegendre(count: number): { points: Float64Array; weights: Float64Array } {
  const points = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let place = 0; place < count; place++) {
    let x = Math.cos((Math.PI * (place + 0.75)) / (count + 0.5))
    let slope = 1
    for (let step = 0; step < 50; step++) {
      let [before, value] = [1, x]
      for (let degree = 2; degree <= count; degree++) {
        ;[before, value] = [value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree]
      }
      slope = (count * (x * value - before)) / (x * x - 1)
      const move = value / slope
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    points[place] = x
    weights[place] = 2 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}
