import type { AcknowledgementPart } from './parts/acknowledgement.ts';
import type { EventsPart } from './parts/events.ts';
import type { LatencyFigures } from './parts/latency.ts';
import type { MemoryFigures } from './parts/memory.ts';
import type { RecoveryFigures } from './parts/recovery.ts';
import type { TurnFigures } from './parts/turns.ts';
import { measureAcknowledgement } from './parts/acknowledgement.ts';
import { measureErase } from './parts/erase.ts';
import type { EraseFigures } from './parts/erase.ts';
import { measureEvents } from './parts/events.ts';
import { measureLatency } from './parts/latency.ts';
import { measureMemory } from './parts/memory.ts';
import { measurePurge } from './parts/purge.ts';
import type { PurgeFigures } from './parts/purge.ts';
import { measureRecovery } from './parts/recovery.ts';
import { measureTurns } from './parts/turns.ts';
import type { Bench } from './bench.ts';
import type { SystemName } from './systems/system.ts';

/** Everything that is measured, by the name of its part; a part that was not asked for is missing. */
export interface Figures {
  turns: Record<SystemName, TurnFigures>;
  latency: Record<SystemName, LatencyFigures>;
  acknowledgement: AcknowledgementPart;
  events: EventsPart;
  memory: MemoryFigures;
  recovery: RecoveryFigures;
  erase: Record<string, EraseFigures>;
  purge: Record<string, PurgeFigures>;
}

/** The parts, in the order in which they run. */
export const PARTS: { [Part in keyof Figures]: (bench: Bench) => Promise<Figures[Part]> } = {
  turns: measureTurns,
  latency: measureLatency,
  acknowledgement: measureAcknowledgement,
  events: measureEvents,
  recovery: measureRecovery,
  erase: measureErase,
  purge: measurePurge,
  memory: measureMemory,
};
