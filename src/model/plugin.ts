/** A format, detector, output or language, loaded when something needs it. catalog.ts lists them. */
export interface Plugin<T> {
  readonly name: string;
  load(): Promise<T>;
}
