import { Router } from 'express';
import type { UiAddresses } from '../../lib/temporal/ui-addresses.ts';
import type { OneMachine } from '../one-machine.ts';
import { frontPage } from './front-page.ts';
import { pageLanguage } from './page-language.ts';
import type { Site } from './site-page.ts';

export interface FrontRouteDeps {
  site: Site;
  /** Its doors are shown to the people at this machine alone. */
  machine: Pick<OneMachine, 'isFromHere' | 'hasSimulator'> | null;
  temporal: UiAddresses | null;
}

const NOTHING_MORE = { hasSimulator: false, temporal: null } as const;
const CODE = /[\da-z]{26}/i;

/** `/`, and the way from a request's code to its page. */
export function frontRoutes({ site, machine, temporal }: FrontRouteDeps): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const doors =
      machine?.isFromHere(request) === true
        ? { hasSimulator: machine.hasSimulator, temporal }
        : NOTHING_MORE;
    response
      .vary('Accept-Language')
      .type('html')
      .send(String(frontPage(site, doors, pageLanguage(request))));
  });
  router.get('/privacy/requests', (request, response) => {
    // What holds no code leads to the page that says so, and is not repeated in an address.
    const { code: entered } = request.query;
    const [code = 'none'] = (typeof entered === 'string' ? CODE.exec(entered) : null) ?? [];
    response.redirect(303, `/privacy/requests/${code}`);
  });
  return router;
}
