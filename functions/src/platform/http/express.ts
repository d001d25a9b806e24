/** Express's types, for rooms that see a request or an answer and know Express no further. */
export type { Request as HttpRequest, Response as HttpResponse } from 'express';
