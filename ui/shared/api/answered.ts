/** As the server answers: what there is none of is null there, never left out. */
export type Answered<T> = T extends (infer Item)[] ? Answered<Item>[] : T extends object ? { [Key in keyof T]-?: Answered<Exclude<T[Key], undefined>> } : T;
