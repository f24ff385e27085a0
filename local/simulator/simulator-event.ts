import type { Channel } from '../../domain/channels.ts';
import type { StandInMode } from '../stand-in-control.ts';
import type { BehindView } from './behind-view.ts';
import type { WorkerState } from './kill-worker.ts';

/**
 * How far a message came. For what the person wrote: `sent` has left the phone, `delivered` was acknowledged by the
 * business's server, `read` was marked so by the business. For what the business wrote: what Meta told it so far.
 */
export const MESSAGE_STATES = ['sending', 'sent', 'failed', 'delivered', 'read'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What came back for a webhook: the HTTP status, or null when no whole answer came. */
export interface Acknowledgement {
  status: number | null;
  ms: number;
}

/** A message as the page shows it; Meta's own id stays with the server. */
export interface MessageView {
  id: string;
  /** Counts up, and orders messages of the same time. */
  order: number;
  /** `nobody` says what happened between two messages. */
  from: 'person' | 'business' | 'nobody';
  kind: 'text' | 'image' | 'unsent' | 'time passed';
  /** Written by hand in the business's own app, not by the assistant. */
  isByHand: boolean;
  text: string;
  /** ISO 8601. */
  at: string;
  state: MessageState;
  isEdited: boolean;
  isReactedTo: boolean;
  acknowledgement: Acknowledgement | null;
}

export interface PhoneView {
  id: string;
  channel: Channel;
  name: string;
  address: string;
  isTyping: boolean;
}

/** What the next text that the business sends meets at the Graph API. */
export const GRAPH_FAULTS = [
  'none',
  'answer lost',
  'worker killed',
  'server error',
  'rate limited',
  'token expired',
] as const;
export type GraphFault = (typeof GRAPH_FAULTS)[number];

/** One exchange between Meta and the business: a webhook to it, or a Graph call from it. */
export interface WireEntry {
  id: string;
  channel: Channel;
  /** Whose phone it is about; null when it is about nobody's here. */
  phone: string | null;
  route: 'webhook' | 'graph';
  /** In fixed words; nothing of a message. */
  what: string;
  at: string;
  /** The HTTP status, `no answer`, or null while it is under way. */
  outcome: number | 'no answer' | null;
  ms: number | null;
}

/** The worker as the page shows it. */
export interface WorkerView {
  state: WorkerState;
  /** How long it was away after it was last killed from here; null before, and while it is away. */
  awayMs: number | null;
}

/** What the page is told, over server-sent events. A snapshot replaces all that was told before. */
export type SimulatorEvent =
  | {
      type: 'snapshot';
      phones: PhoneView[];
      messages: { phone: string; message: MessageView }[];
      wire: WireEntry[];
      faults: Record<Channel, GraphFault>;
      behind: { phone: string; behind: BehindView }[];
      /** Null where it cannot be told. */
      worker: WorkerView | null;
      /** Null where no stand-in answers. */
      model: StandInMode | null;
    }
  | { type: 'phone'; phone: PhoneView }
  | { type: 'phone gone'; phone: string }
  | { type: 'message'; phone: string; message: MessageView }
  | { type: 'wire'; entry: WireEntry }
  | { type: 'fault'; channel: Channel; fault: GraphFault }
  | { type: 'behind'; phone: string; behind: BehindView }
  | { type: 'worker'; worker: WorkerView }
  | { type: 'model'; mode: StandInMode | null };

export type Publish = (event: SimulatorEvent) => void;
