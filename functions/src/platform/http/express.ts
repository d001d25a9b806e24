/** Types of Express, for rooms that handle requests, responses or apps but must not import Express. */
export type { Express as HttpApp, Request as HttpRequest, Response as HttpResponse } from 'express';
