import { compareScripts } from './support/compared.ts'

compareScripts('long')
