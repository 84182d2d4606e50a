export { scanPart as default } from '../plain-scan.mjs'
