declare module '#carried/starters' {
  const starters: { name: string; text: string; kind: 'built-in' | 'example' }[]
  export default starters
}
declare module '#carried/sdk-types' {
  const files: Record<string, string>
  export default files
}
declare module '#carried/library-types' {
  const files: Record<string, string>
  export default files
}
