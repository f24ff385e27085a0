import { fileURLToPath } from 'node:url';
import { Router, static as serveFiles } from 'express';

const ASSETS = fileURLToPath(new URL('./assets', import.meta.url));

/** `/assets/…`: the files of the public pages, from our own origin. */
export function siteAssets(): Router {
  const router = Router();
  router.use('/assets', serveFiles(ASSETS, { index: false, maxAge: '1h' }));
  return router;
}
