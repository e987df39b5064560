// The phone's memory as screens read it.
import { useSyncExternalStore } from "react";
import { current, subscribe, type State } from "../data/courier";

export const useCourier = (): State => useSyncExternalStore(subscribe, current);
