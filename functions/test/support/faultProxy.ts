import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import * as grpc from '@grpc/grpc-js';
import { Firestore } from 'firebase-admin/firestore';
import { PROJECT } from './suite.ts';

const SERVICE = 'google.firestore.v1.Firestore';

/** The methods of Firestore's service that the server SDK may call, and which of their sides are streams. */
const METHODS = {
  BatchGetDocuments: { requestStream: false, responseStream: true },
  BatchWrite: { requestStream: false, responseStream: false },
  BeginTransaction: { requestStream: false, responseStream: false },
  Commit: { requestStream: false, responseStream: false },
  GetDocument: { requestStream: false, responseStream: false },
  ListCollectionIds: { requestStream: false, responseStream: false },
  ListDocuments: { requestStream: false, responseStream: false },
  Listen: { requestStream: true, responseStream: true },
  PartitionQuery: { requestStream: false, responseStream: false },
  Rollback: { requestStream: false, responseStream: false },
  RunAggregationQuery: { requestStream: false, responseStream: true },
  RunQuery: { requestStream: false, responseStream: true },
  Write: { requestStream: true, responseStream: true },
} as const;
export type RpcMethod = keyof typeof METHODS;

/** The fault of a call: an error status, a broken connection, or a wait for a promise. */
export type FaultKind =
  | { readonly status: grpc.status }
  | { readonly reset: true }
  | { readonly stallUntil: () => Promise<unknown> };

/**
 * When the fault happens. `before`: the request never arrives. `after`: the request takes effect, and its answer is
 * lost. `late`: the caller gets the error at once, and the request arrives only during the caller's next request.
 */
export type FaultMoment = 'before' | 'after' | 'late';

export interface Fault {
  readonly method: RpcMethod;
  readonly moment: FaultMoment;
  readonly kind: FaultKind;
  /** Selects calls of the method; all by default. */
  readonly where?: (request: Buffer) => boolean;
  /** Number of selected calls that pass first; 0 by default. */
  readonly skip?: number;
  /** Number of calls that the fault hits; 1 by default. */
  readonly times?: number;
}

/** A fault that is set, with its count of calls. */
export class ArmedFault {
  readonly fault: Fault;
  hits = 0;
  #passed = 0;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  /** Counts a call, and returns true when the fault hits the call. */
  takes(method: RpcMethod, request: Buffer): boolean {
    const { skip = 0, times = 1, where = () => true } = this.fault;
    if (method !== this.fault.method || this.hits >= times || !where(request)) return false;
    this.#passed += 1;
    if (this.#passed <= skip) return false;
    this.hits += 1;
    return true;
  }
}

interface Answer {
  readonly messages: readonly Buffer[];
  readonly error: grpc.ServiceError | null;
}

const BROKEN = Symbol('the connection is broken, nobody waits for an answer');

/**
 * A proxy between the SDK and Firestore. Passes every call on, except for calls with a fault. It doesn't interpret the
 * messages.
 */
export class FaultProxy {
  readonly #server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  readonly #target: grpc.Client;
  readonly #sockets = new Set<Socket>();
  readonly #calls = new Map<RpcMethod, number>();
  /** Connections go through this server's sockets, so that a test can break them. */
  readonly #front = createServer({ noDelay: true }, (socket) => this.#join(socket));
  #innerPort = 0;
  #armed: ArmedFault[] = [];
  /** Requests whose callers got an error, and that still have to arrive. */
  #late: (() => Promise<unknown>)[] = [];
  #onTheWay = new Set<Promise<unknown>>();

  private constructor(target: string) {
    this.#target = new grpc.Client(target, grpc.credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Listens on a free port, in front of a Firestore such as `127.0.0.1:8080`. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#serve();
    proxy.#innerPort = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      proxy.#server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    await once(proxy.#front.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.#front.address() as AddressInfo).port}`;
  }

  /** Returns the number of calls of a method. */
  callsOf(method: RpcMethod): number {
    return this.#calls.get(method) ?? 0;
  }

  /** Returns an SDK client that reaches the database through this proxy. */
  connect(projectId = PROJECT): Firestore {
    const { FIRESTORE_EMULATOR_HOST } = process.env;
    // A new client reads the address from this variable, which takes precedence over settings.
    process.env.FIRESTORE_EMULATOR_HOST = this.address;
    try {
      return new Firestore({ projectId });
    } finally {
      if (FIRESTORE_EMULATOR_HOST === undefined) delete process.env.FIRESTORE_EMULATOR_HOST;
      else process.env.FIRESTORE_EMULATOR_HOST = FIRESTORE_EMULATOR_HOST;
    }
  }

  /** Makes calls fail from now on. */
  inject(fault: Fault): ArmedFault {
    const armed = new ArmedFault(fault);
    this.#armed.push(armed);
    return armed;
  }

  /** Ends all faults, and waits until every late request has arrived. */
  async heal(): Promise<void> {
    this.#armed = [];
    this.#sendLate();
    while (this.#onTheWay.size > 0) await Promise.all(this.#onTheWay);
  }

  async stop(): Promise<void> {
    await this.heal();
    this.#server.forceShutdown();
    this.#target.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#front.close(resolve));
  }

  #serve(): void {
    const definition: Record<string, grpc.MethodDefinition<Buffer, Buffer>> = {};
    const handlers: grpc.UntypedServiceImplementation = {};
    for (const [name, streams] of Object.entries(METHODS)) {
      const method = name as RpcMethod;
      definition[method] = { path: `/${SERVICE}/${method}`, ...streams, ...asTheyAre };
      handlers[method] = streams.requestStream
        ? (call: grpc.ServerDuplexStream<Buffer, Buffer>) => this.#passStream(method, call)
        : streams.responseStream
          ? (call: grpc.ServerWritableStream<Buffer, Buffer>) => this.#answerStream(method, call)
          : (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) =>
              this.#answerUnary(method, call, callback);
    }
    this.#server.addService(definition, handlers);
  }

  async #answerUnary(
    method: RpcMethod,
    call: grpc.ServerUnaryCall<Buffer, Buffer>,
    callback: grpc.sendUnaryData<Buffer>,
  ): Promise<void> {
    const answer = await this.#handle(method, call);
    if (answer === BROKEN) return;
    const [message] = answer.messages;
    if (answer.error) callback(answer.error);
    else callback(null, message ?? Buffer.alloc(0));
  }

  async #answerStream(method: RpcMethod, call: grpc.ServerWritableStream<Buffer, Buffer>): Promise<void> {
    const answer = await this.#handle(method, call);
    if (answer === BROKEN) return;
    for (const message of answer.messages) call.write(message);
    if (answer.error) call.emit('error', answer.error);
    else call.end();
  }

  /** Passes bidirectional streams (listeners) on unchanged. */
  #passStream(method: RpcMethod, call: grpc.ServerDuplexStream<Buffer, Buffer>): void {
    this.#count(method);
    const onward = this.#target.makeBidiStreamRequest(pathOf(method), same, same, headersOf(call));
    onward.on('error', (error) => call.emit('error', error));
    call.on('cancelled', () => onward.cancel());
    call.on('data', (message: Buffer) => onward.write(message));
    call.on('end', () => onward.end());
    onward.on('data', (message: Buffer) => call.write(message));
    onward.on('end', () => call.end());
  }

  async #handle(
    method: RpcMethod,
    call: { request: Buffer; metadata: grpc.Metadata },
  ): Promise<Answer | typeof BROKEN> {
    this.#count(method);
    this.#sendLate();
    const forward = () => this.#track(this.#forward(method, call.request, headersOf(call)));
    const armed = this.#armed.find((fault) => fault.takes(method, call.request));
    if (!armed) return forward();
    const { moment, kind } = armed.fault;
    const answer = moment === 'after' ? await forward() : null;
    if (moment === 'late') this.#late.push(forward);
    if (answer && !('stallUntil' in kind)) await this.#endTransactionOf(method, call, answer);
    if ('stallUntil' in kind) {
      await kind.stallUntil();
      return answer ?? forward();
    }
    if ('reset' in kind) {
      for (const socket of this.#sockets) socket.resetAndDestroy();
      return BROKEN;
    }
    // A stream may have delivered some of its messages before it breaks.
    const messages = METHODS[method].responseStream ? (answer?.messages.slice(0, 1) ?? []) : [];
    return { messages, error: failure(kind.status) };
  }

  #forward(method: RpcMethod, request: Buffer, headers: grpc.Metadata): Promise<Answer> {
    const path = pathOf(method);
    return new Promise((resolve) => {
      if (!METHODS[method].responseStream) {
        this.#target.makeUnaryRequest(path, same, same, request, headers, (error, message) =>
          resolve({ messages: message ? [message] : [], error }),
        );
        return;
      }
      const messages: Buffer[] = [];
      this.#target
        .makeServerStreamRequest(path, same, same, request, headers)
        .on('data', (message: Buffer) => messages.push(message))
        .on('error', (error: grpc.ServiceError) => resolve({ messages, error }))
        .on('end', () => resolve({ messages, error: null }));
    });
  }

  /**
   * Ends a transaction whose id was lost with an answer. Firestore itself ends it after a minute, and until then its
   * locks block all other writers.
   */
  async #endTransactionOf(
    method: RpcMethod,
    call: { request: Buffer; metadata: grpc.Metadata },
    { messages }: Answer,
  ): Promise<void> {
    const number = { BatchGetDocuments: 3, BeginTransaction: 1 }[method as string];
    const transaction = number && messages.map((message) => fieldsOf(message).get(number)).find((id) => id?.length);
    const database = fieldsOf(call.request).get(1);
    if (transaction && database) await this.#forward('Rollback', messageOf(database, transaction), headersOf(call));
  }

  #sendLate(): void {
    for (const send of this.#late.splice(0)) void send();
  }

  #track<T>(request: Promise<T>): Promise<T> {
    this.#onTheWay.add(request);
    void request.finally(() => this.#onTheWay.delete(request));
    return request;
  }

  #count(method: RpcMethod): void {
    this.#calls.set(method, this.callsOf(method) + 1);
  }

  #join(socket: Socket): void {
    const inner = connect({ port: this.#innerPort, host: '127.0.0.1', noDelay: true });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // When one side breaks, the other side is closed too. Nothing else has to be handled.
    pipeline(socket, inner, socket, () => {});
  }
}

/** Returns true when a message in protobuf's wire format has the field with this number. */
export function hasField(message: Buffer, number: number): boolean {
  return fieldsOf(message).has(number);
}

/** Returns a message's fields by number, without parsing them; numeric fields have no value here. */
function fieldsOf(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const sizeOf = (wireType: number) => {
    if (wireType === 2) return varint();
    if (wireType === 0) varint();
    return { 1: 8, 5: 4 }[wireType] ?? 0;
  };
  while (at < message.length) {
    const tag = varint();
    const size = sizeOf(tag & 7);
    fields.set(tag >>> 3, message.subarray(at, at + size));
    at += size;
  }
  return fields;
}

/** Builds a message with two fields of text or bytes, numbered 1 and 2. */
function messageOf(first: Buffer, second: Buffer): Buffer {
  const field = (number: number, value: Buffer) => [Buffer.from([number * 8 + 2, ...varintOf(value.length)]), value];
  return Buffer.concat([...field(1, first), ...field(2, second)]);
}

function varintOf(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varintOf(Math.floor(value / 0x80))];
}

const same = (message: Buffer) => message;
const asTheyAre = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

function pathOf(method: RpcMethod): string {
  return `/${SERVICE}/${method}`;
}

/** Returns the caller's headers, without the headers of its connection. */
function headersOf({ metadata }: { metadata: grpc.Metadata }): grpc.Metadata {
  const headers = metadata.clone();
  for (const name of Object.keys(headers.getMap())) {
    if (/^(grpc-|user-agent$|te$|content-type$|accept-encoding$|host$)/.test(name)) headers.remove(name);
  }
  return headers;
}

function failure(code: grpc.status): grpc.ServiceError {
  const details = `${grpc.status[code]}, as the test wanted it`;
  return Object.assign(new Error(details), { code, details, metadata: new grpc.Metadata() });
}
