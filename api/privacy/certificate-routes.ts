import { Router } from 'express';
import type { Site } from '../site/site-page.ts';
import { certificatePage } from './certificate-page.ts';

/** `GET /privacy/certificate`: where anyone checks a certificate. Its scripts are among the site's assets. */
export function certificateRoutes({ site, publicUrl }: { site: Site; publicUrl: string }): Router {
  const page = String(certificatePage(site, publicUrl));
  const router = Router();
  router.get('/privacy/certificate', (_request, response) => void response.type('html').send(page));
  return router;
}
