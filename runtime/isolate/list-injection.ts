import type { ListDeclaration, ListForm } from '../intake/plan.ts'

/** An expression that makes a list of the declared form with these values, for an initializer or an assignment. */
export function listValue(list: ListDeclaration, values: string[]): string {
  const json = JSON.stringify(values)
  switch (list.form) {
    case 'string':
      return JSON.stringify(values.join(list.separator ?? ','))
    case 'single':
      return JSON.stringify(values[0] ?? '')
    case 'set':
      return `new Set(${json})`
    case 'map':
      return `new Map(${JSON.stringify(values.map((value) => [value, {}]))})`
    case 'object':
      return JSON.stringify(Object.fromEntries(values.map((value) => [value, {}])))
    case 'groups':
      return JSON.stringify({ all: values })
    case 'objects':
      return JSON.stringify(values.map((value) => ({ [list.field ?? 'symbol']: value })))
    case 'instants':
      return `${json}.map((v)=>new Date(v))`
    default:
      return json
  }
}

/** An expression that makes a list of the declared form with the values of an expression for an array of texts. */
export function listExpression(list: ListDeclaration, source: string): string {
  switch (list.form) {
    case 'string':
      return `${source}.join(${JSON.stringify(list.separator ?? ',')})`
    case 'single':
      return `(${source}[0]??"")`
    case 'set':
      return `new Set(${source})`
    case 'map':
      return `new Map(${source}.map((v)=>[v,{}]))`
    case 'object':
      return `Object.fromEntries(${source}.map((v)=>[v,{}]))`
    case 'groups':
      return `({all:${source}.slice()})`
    case 'objects':
      return `${source}.map((v)=>({${JSON.stringify(list.field ?? 'symbol')}:v}))`
    case 'instants':
      return `${source}.map((v)=>new Date(v))`
    default:
      return `${source}.slice()`
  }
}

/**
 * A statement that gives the value already declared these contents, in place. What the script keeps beside a symbol (an
 * entry's value, an object's other fields, its group) stays with the symbols that stay; new symbols get an empty one.
 */
export function listFill(list: ListDeclaration, values: string[]): string {
  return listFillFrom(list, JSON.stringify(values))
}

/** The same with the values of an expression for an array of texts. */
export function listFillFrom(list: ListDeclaration, source: string): string {
  const isOpen = list.form === 'set' || list.form === 'map'
  const guard = isOpen ? '' : `if(Object.isFrozen(l))throw new TypeError('${FROZEN_MESSAGE}${list.role}');`
  // A function's parameters, since the list may have any name, `l` and `v` too.
  return `((l,v)=>{${guard}${FILL[list.form](list)}})(${list.name},${source});`
}

const FROZEN_MESSAGE = 'strikescan: a frozen list of '

/** The list that a `listFill` found frozen, from the message of what it threw; null for any other error. */
export function frozenListOf(message: string): 'symbols' | 'dates' | null {
  const role = message.startsWith(FROZEN_MESSAGE) ? message.slice(FROZEN_MESSAGE.length) : null
  return role === 'symbols' || role === 'dates' ? role : null
}

const FILL_ARRAY = 'l.length=v.length;for(let i=0;i<v.length;i++)l[i]=v[i];'
const FILL: Record<ListForm, (list: ListDeclaration) => string> = {
  array: () => FILL_ARRAY,
  unknown: () => FILL_ARRAY,
  instants: () => 'l.length=v.length;for(let i=0;i<v.length;i++)l[i]=new Date(v[i]);',
  string: () => FILL_ARRAY,
  file: () => '',
  single: () => FILL_ARRAY,
  set: () => 'l.clear();for(let i=0;i<v.length;i++)l.add(v[i]);',
  map: () => 'const o=new Map(l);l.clear();for(let i=0;i<v.length;i++)l.set(v[i],o.has(v[i])?o.get(v[i]):{});',
  object: () =>
    'const o={__proto__:null,...l};for(const k of Object.keys(l))delete l[k];for(let i=0;i<v.length;i++)l[v[i]]=v[i] in o?o[v[i]]:{};',
  groups: () =>
    'const w=new Set(v),n=new Set(v);let f;for(const k of Object.keys(l)){f??=k;l[k]=l[k].filter(s=>w.has(s));for(const s of l[k])n.delete(s);}if(f===undefined)l[f="all"]=[];for(const s of n)l[f].push(s);',
  objects: (list) => {
    const field = JSON.stringify(list.field ?? 'symbol')
    return `const o=new Map(l.map(e=>[e[${field}],e]));l.length=v.length;for(let i=0;i<v.length;i++)l[i]=o.get(v[i])??{[${field}]:v[i]};`
  },
}
