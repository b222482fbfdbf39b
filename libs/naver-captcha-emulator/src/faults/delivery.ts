import type { EmulatorFault } from './fault.js';

/** How a fault lets a reply out. */
export type Delivery =
  | { readonly way: 'whole' | 'cut' | 'abort' | 'reset' }
  | { readonly way: 'drip'; readonly intervalMs: number };

export function deliveryOf(fault: EmulatorFault | undefined): Delivery {
  if (fault?.fault === 'truncated') return { way: fault.abort === true ? 'abort' : 'cut' };
  if (fault?.fault === 'reset-after-headers') return { way: 'reset' };
  if (fault?.fault === 'drip') return { way: 'drip', intervalMs: fault.intervalMs ?? 100 };
  return { way: 'whole' };
}
