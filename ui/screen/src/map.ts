// The map: the country as a field of dots, orders as lights, parcels as arcs between cities. Only pictures: every figure
// stands elsewhere as text.
import type { ScreenParcel, ScreenPlace, ScreenState, ScreenTick } from "@sesame/shared/api/types";
import { countryOf, fit, mainland, type Country, type Degrees, type Projection } from "./land";

const COLORS = { dot: "#37302a", home: "#7d5236", outline: "rgb(255 138 92 / 0.55)", light: "255 206 122", parcel: "255 107 79", haul: "126 200 255", label: "#d8cdbd" };
const LIGHT_MS = 1_800;
/** A place flashes at most this often. */
const FLASH_MS = 700;
const PARCEL_MS = 2_200;
/** Lights and parcels that are drawn at once; the oldest make room. */
const LIGHTS_MAX = 260;
const PARCELS_MAX = 90;
/** Ways between places whose number is written beside them. */
const HAULS_COUNTED = 8;
/** How far there and back lie from the straight way, in pixels. */
const HAUL_ASIDE = 3;

type Light = { x: number; y: number; born: number; size: number };
/** Parcels from place to place of the shop. */
type Haul = { from: [number, number]; to: [number, number]; parcels: number };
type Flight = { from: [number, number]; to: [number, number]; bend: [number, number]; born: number };

export class CountryMap {
  private readonly context: CanvasRenderingContext2D;
  private readonly land = document.createElement("canvas");
  private readonly flash = glow(COLORS.light, "255 255 255");
  private readonly ember = glow("255 150 66", "255 214 140");
  private project: Projection = () => [0, 0];
  private size = { width: 0, height: 0, ratio: 1 };
  private state: ScreenState | null = null;
  private glows = new Map<string, ScreenPlace>();
  private routes: Flight[] = [];
  private hauls: Haul[] = [];
  private lights: Light[] = [];
  private flights: Flight[] = [];
  private isDrawing = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly countries: Country[],
    private readonly isStill: boolean,
  ) {
    this.context = canvas.getContext("2d")!;
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** Everything anew. */
  whole(state: ScreenState): void {
    const isFirst = this.state?.country !== state.country;
    this.state = state;
    this.glows = new Map(state.places.map((place) => [`${place.latitude} ${place.longitude}`, place]));
    if (isFirst) this.resize();
    this.place(state);
    this.draw();
  }

  /** Ways where they are drawn. */
  private place(state: ScreenState): void {
    this.routes = state.routes.map((route) => this.flight(route, 0));
    this.hauls = state.hauls.map((haul) => ({ from: this.at(haul.from_latitude, haul.from_longitude), to: this.at(haul.to_latitude, haul.to_longitude), parcels: haul.parcels }));
  }

  /** What is new. */
  tick(tick: ScreenTick): void {
    const now = performance.now();
    for (const place of tick.lights) {
      const key = `${place.latitude} ${place.longitude}`;
      const known = this.glows.get(key);
      this.glows.set(key, { ...place, orders: (known?.orders ?? 0) + place.orders });
      const [x, y] = this.at(place.latitude, place.longitude);
      // Spread over the time until the next tick, so that it glitters instead of blinking.
      // A place that flashes already flashes no brighter, or a busy city would be a white blot.
      if (this.lights.some((light) => light.x === x && light.y === y && now - light.born < FLASH_MS)) continue;
      this.lights.push({ x, y, born: now + Math.random() * 120, size: Math.min(3, 1 + Math.log2(place.orders) / 2) });
    }
    for (const parcel of tick.parcels) this.flights.push(this.flight(parcel, now + Math.random() * 400));
    this.lights.splice(0, this.lights.length - LIGHTS_MAX);
    this.flights.splice(0, this.flights.length - PARCELS_MAX);
    this.draw();
  }

  private at(latitude: number, longitude: number): [number, number] {
    return this.project([longitude / 100, latitude / 100]);
  }

  private flight(parcel: ScreenParcel, born: number): Flight {
    const from = this.at(parcel.from_latitude, parcel.from_longitude);
    const to = this.at(parcel.to_latitude, parcel.to_longitude);
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    // Arcs bend upwards, the more the longer they are.
    const side = dx >= 0 ? 1 : -1;
    return { from, to, bend: [(from[0] + to[0]) / 2 + dy * 0.22 * side, (from[1] + to[1]) / 2 - Math.abs(dx) * 0.22 - Math.hypot(dx, dy) * 0.06], born };
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!this.state || !width || !height) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.size = { width, height, ratio };
    for (const canvas of [this.canvas, this.land]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const home = countryOf(this.countries, this.state.country);
    const rings = home ? mainland(home) : [[[-170, -50], [180, 72]] as Degrees[]];
    this.project = fit(rings, width, height, Math.min(width, height) * 0.05);
    this.drawLand(home);
    this.lights = [];
    this.flights = [];
    this.place(this.state);
    this.draw();
  }

  private path(country: Country): Path2D {
    const path = new Path2D();
    for (const ring of country.rings) {
      ring.forEach((point, at) => {
        const [x, y] = this.project(point);
        if (at === 0) path.moveTo(x, y);
        else path.lineTo(x, y);
      });
      path.closePath();
    }
    return path;
  }

  /** The land once for each size: dots on a grid, brighter at home. */
  private drawLand(home: Country | undefined): void {
    const { width, height, ratio } = this.size;
    const context = this.land.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const step = Math.max(5, Math.min(width, height) / 105);
    const others = new Path2D();
    for (const country of this.countries) if (country !== home && this.isNear(country)) others.addPath(this.path(country));
    const own = home ? this.path(home) : new Path2D();
    const dots: Record<"dot" | "home", Path2D> = { dot: new Path2D(), home: new Path2D() };
    for (let row = 0, y = step / 2; y < height; y += step * 0.87, row += 1) {
      for (let x = row % 2 ? step : step / 2; x < width; x += step) {
        const isHome = context.isPointInPath(own, x * ratio, y * ratio);
        if (!isHome && !context.isPointInPath(others, x * ratio, y * ratio)) continue;
        const radius = step * (isHome ? 0.26 : 0.17);
        const path = dots[isHome ? "home" : "dot"];
        path.moveTo(x + radius, y);
        path.arc(x, y, radius, 0, 7);
      }
    }
    context.fillStyle = "rgb(255 110 60 / 0.06)";
    context.fill(own);
    context.fillStyle = COLORS.dot;
    context.fill(dots.dot);
    context.fillStyle = COLORS.home;
    context.fill(dots.home);
    context.shadowColor = "rgb(255 107 60 / 0.8)";
    context.shadowBlur = 14 * ratio;
    context.strokeStyle = COLORS.outline;
    context.lineWidth = 1.4;
    context.stroke(own);
    context.shadowBlur = 0;
  }

  private isNear(country: Country): boolean {
    const { width, height } = this.size;
    return country.rings.some((ring) => ring.some((point) => {
      const [x, y] = this.project(point);
      return x > -width && x < 2 * width && y > -height && y < 2 * height;
    }));
  }

  /** Draws now, and on as long as something moves. */
  private draw(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame((now) => {
      this.isDrawing = false;
      this.paint(now);
      if (!this.isStill && (this.lights.length > 0 || this.flights.length > 0)) this.draw();
    });
  }

  private paint(now: number): void {
    const { width, ratio } = this.size;
    if (!width) return;
    const context = this.context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.land, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalCompositeOperation = "lighter";
    this.paintRoutes();
    this.paintHauls();
    this.paintGlows();
    if (!this.isStill) {
      this.paintFlights(now);
      this.paintLights(now);
    }
    context.globalCompositeOperation = "source-over";
    this.paintLocations();
    this.paintHaulCounts();
  }

  private unit(): number {
    return Math.min(this.size.width, this.size.height) / 700;
  }

  private paintRoutes(): void {
    const context = this.context;
    const most = Math.max(1, ...(this.state?.routes.map((route) => route.parcels) ?? []));
    this.routes.forEach((route, at) => {
      const share = (this.state?.routes[at]?.parcels ?? 0) / most;
      context.strokeStyle = `rgb(${COLORS.parcel} / ${0.1 + 0.22 * share})`;
      context.lineWidth = (0.8 + 1.4 * share) * this.unit();
      context.beginPath();
      context.moveTo(...route.from);
      context.quadraticCurveTo(...route.bend, ...route.to);
      context.stroke();
    });
  }

  /** Straight and as wide as many went there: what arcs at a glance are not. */
  private paintHauls(): void {
    const context = this.context;
    const most = Math.max(1, ...this.hauls.map(({ parcels }) => parcels));
    context.lineCap = "round";
    for (const haul of this.hauls) {
      const share = Math.sqrt(haul.parcels / most);
      context.strokeStyle = `rgb(${COLORS.haul} / ${0.3 + 0.35 * share})`;
      context.lineWidth = (1.5 + 6 * share) * this.unit();
      context.beginPath();
      context.moveTo(...beside(haul, 0));
      context.lineTo(...beside(haul, 1));
      context.stroke();
    }
  }

  /** How many went on the busiest of them, written nearer to where they went. */
  private paintHaulCounts(): void {
    const context = this.context;
    context.font = `700 ${Math.max(11, 15 * this.unit())}px system-ui, sans-serif`;
    context.textAlign = "center";
    for (const haul of this.hauls.slice(0, HAULS_COUNTED)) {
      const at = beside(haul, 0.62);
      const text = String(haul.parcels);
      context.strokeStyle = "#000";
      context.lineWidth = 5;
      context.strokeText(text, ...at);
      context.fillStyle = "#fff";
      context.fillText(text, ...at);
    }
  }

  private paintGlows(): void {
    const most = Math.log1p(Math.max(1, ...[...this.glows.values()].map((place) => place.orders)));
    for (const place of this.glows.values()) {
      const share = Math.log1p(place.orders) / most;
      const [x, y] = this.at(place.latitude, place.longitude);
      const radius = (8 + 20 * share * share) * this.unit();
      this.context.globalAlpha = 0.25 + 0.6 * share;
      this.context.drawImage(this.ember, x - radius, y - radius, 2 * radius, 2 * radius);
    }
    this.context.globalAlpha = 1;
  }

  private paintLights(now: number): void {
    const context = this.context;
    this.lights = this.lights.filter((light) => now - light.born < LIGHT_MS);
    for (const light of this.lights) {
      const age = (now - light.born) / LIGHT_MS;
      if (age < 0) continue;
      const fade = (1 - age) ** 2;
      const radius = (7 + 5 * light.size) * this.unit() * (0.5 + 0.5 * fade);
      context.globalAlpha = 0.7 * fade;
      context.drawImage(this.flash, light.x - radius, light.y - radius, 2 * radius, 2 * radius);
      context.globalAlpha = 0.5 * fade;
      context.strokeStyle = `rgb(${COLORS.light})`;
      context.lineWidth = 1.2 * this.unit();
      context.beginPath();
      context.arc(light.x, light.y, (4 + 34 * age * Math.sqrt(light.size)) * this.unit(), 0, 7);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  private paintFlights(now: number): void {
    const context = this.context;
    this.flights = this.flights.filter((flight) => now - flight.born < PARCEL_MS);
    context.lineCap = "round";
    for (const flight of this.flights) {
      const age = (now - flight.born) / PARCEL_MS;
      if (age < 0) continue;
      const head = Math.min(1, age * 1.25);
      for (let piece = 0; piece < 10; piece += 1) {
        const [start, stop] = [Math.max(0, head - (piece + 1) * 0.035), Math.max(0, head - piece * 0.035)];
        if (stop <= start) break;
        context.globalAlpha = (1 - piece / 10) * Math.min(1, (1 - age) * 5);
        context.strokeStyle = `rgb(${piece < 2 ? "255 236 214" : COLORS.parcel})`;
        context.lineWidth = (2.6 - piece * 0.18) * this.unit();
        context.beginPath();
        context.moveTo(...along(flight, start));
        context.lineTo(...along(flight, stop));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  private paintLocations(): void {
    const context = this.context;
    context.font = `${Math.max(10, 13 * this.unit())}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    for (const location of this.state?.locations ?? []) {
      if (location.kind !== "warehouse") continue;
      const [x, y] = this.at(location.latitude, location.longitude);
      const size = 4.5 * this.unit();
      context.fillStyle = "#fff";
      context.fillRect(x - size, y - size, 2 * size, 2 * size);
      if (x < 0 || x > this.size.width) continue;
      const isRight = x < this.size.width * 0.75;
      context.textAlign = isRight ? "left" : "right";
      context.strokeStyle = "#000";
      context.lineWidth = 4;
      const at = [x + (isRight ? 3 : -3) * size, y - 2 * size] as const;
      context.strokeText(location.name, ...at);
      context.fillStyle = COLORS.label;
      context.fillText(location.name, ...at);
    }
  }
}

/** A point of a haul, a little to the right of the straight way, so that there and back lie side by side. */
function beside({ from, to }: Haul, part: number): [number, number] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  return [from[0] + dx * part - (dy / length) * HAUL_ASIDE, from[1] + dy * part + (dx / length) * HAUL_ASIDE];
}

function along({ from, bend, to }: Flight, part: number): [number, number] {
  const [a, b, c] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
  return [a * from[0] + b * bend[0] + c * to[0], a * from[1] + b * bend[1] + c * to[1]];
}

/** A soft round light, drawn once. */
function glow(color: string, core: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const context = canvas.getContext("2d")!;
  const gradient = context.createRadialGradient(64, 64, 0, 64, 64, 64);
  gradient.addColorStop(0, `rgb(${core} / 1)`);
  gradient.addColorStop(0.1, `rgb(${color} / 0.95)`);
  gradient.addColorStop(0.3, `rgb(${color} / 0.26)`);
  gradient.addColorStop(1, `rgb(${color} / 0)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, 128, 128);
  return canvas;
}
