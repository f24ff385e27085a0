import type { RequestState } from '../../domain/privacy-request.ts';
import type { BehindView } from './behind-view.ts';
import type { StepView } from './turn-steps.ts';

/** A person's erasure, as the page of their request tells it. */
export interface ErasureSeen {
  /** The path of that page. */
  path: string;
  state: RequestState;
  hasCertificate: boolean;
  /** ISO 8601; until when others keep a copy, null when nobody does. */
  lastForeignCopy: string | null;
}

/** The best moment of a deletion: each step of it, in place of a turn of which nothing is held any more. */
export function erasureView(seen: ErasureSeen): BehindView {
  const { path, hasCertificate } = seen;
  const certificate = { href: `${path}/certificate`, words: 'The certificate' };
  return {
    said: hasCertificate
      ? 'Erased, and searched again by another route: nothing is held about this person.'
      : 'Everything that is held about this person is being erased.',
    steps: stepsOf(seen),
    facts: [],
    parts: [],
    links: [
      { href: path, words: 'The request, where the certificate can be checked' },
      ...(hasCertificate ? [certificate] : []),
    ],
  };
}

function stepsOf({ hasCertificate, lastForeignCopy }: ErasureSeen): StepView[] {
  const done = (name: string, detail: string) =>
    ({ name, detail, tone: 'good', since: null }) as const;
  const asked = [done('asked', 'in the chat'), done('confirmed', 'by the phrase')];
  if (!hasCertificate) {
    const ahead = ['rows', 'searched', 'certificate', 'others'].map(
      (name) => ({ name, detail: '', tone: 'ahead', since: null }) as const,
    );
    return [...asked, { name: 'keys', detail: 'going', tone: 'now', since: null }, ...ahead];
  }
  return [
    ...asked,
    done('keys', 'destroyed'),
    done('rows', 'gone'),
    done('searched', 'nothing left'),
    done('certificate', 'signed'),
    lastForeignCopy === null
      ? done('others', 'keep nothing')
      : {
          name: 'others until',
          detail: lastForeignCopy.slice(0, 10),
          tone: 'held',
          since: null,
        },
  ];
}
