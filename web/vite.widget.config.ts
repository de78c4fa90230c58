// One classic script that any page can load with a script tag.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // WebViews inside shopping and chat apps lag years behind browsers.
    target: ["es2020", "chrome80", "safari14"],
    cssTarget: ["chrome80", "safari14"],
    lib: { entry: "widget/main.ts", formats: ["iife"], name: "DaoZhang", fileName: () => "widget.js" },
  },
});
