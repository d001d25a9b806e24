/** Express's types, for rooms that see a request, an answer or an app and know Express no further. */
export type { Express as HttpApp, Request as HttpRequest, Response as HttpResponse } from 'express';
