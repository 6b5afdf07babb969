/** Bytes that several tables share: who comes first takes them. */
export interface Room {
  left: number;
}

/** What one table may hold: bytes of its own, and what it has taken of the room beyond them. */
export class Share {
  #bytes: number;
  readonly #room: Room;

  constructor(own: number, room: Room) {
    this.#bytes = own;
    this.#room = room;
  }

  /** Whether the table may hold so many bytes; those that are not its own yet are taken from the room, if it has them. */
  grants(bytes: number): boolean {
    const more = bytes - this.#bytes;
    if (more <= 0) return true;
    if (more > this.#room.left) return false;
    this.#room.left -= more;
    this.#bytes += more;
    return true;
  }
}
