// The phone's memory as screens read it.
import type { State } from "@sesame/shared/phone/phone";
import { useSyncExternalStore } from "react";
import { phone } from "../data/hub";
import type { Kept } from "../data/log";

export const useHub = (): State<Kept> => useSyncExternalStore(phone.subscribe, phone.current);
