import type { VNode } from 'preact'

/** What a component gives: an element of any attributes, which say nothing to whoever places it. */
export type View = VNode<any> | VNode<never>
