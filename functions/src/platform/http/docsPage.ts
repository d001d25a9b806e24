import { type RequestHandler, Router, static as serveStatic } from 'express';
// The package's main module would load the whole user interface into this process.
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js';

/** Serves `GET /docs`: the API's documentation, rendered by Swagger UI from its package, not from another host. */
export function docsPage(): Router {
  const router = Router();
  router.get('/docs', page);
  router.get('/docs/start.js', startScript);
  router.use('/docs', serveStatic(getAbsoluteFSPath(), { index: false, redirect: false, maxAge: '1d' }));
  return router;
}

// Addresses are relative, so that the page works behind Hosting and on the function's own address. They resolve only
// without a slash at the end of the page's address, so an address with a slash redirects.
const page: RequestHandler = (request, response) => {
  response.locals.route = '/docs';
  if (request.path.endsWith('/')) return response.redirect(308, '../docs');
  response
    .set('Cache-Control', 'public, max-age=300')
    .type('html')
    .send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cloud Bridge Billing API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`);
};

// A separate file, because the content security policy forbids inline scripts.
const startScript: RequestHandler = (_request, response) => {
  response
    .set('Cache-Control', 'public, max-age=300')
    .type('js')
    .send("SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'list' });\n");
};
