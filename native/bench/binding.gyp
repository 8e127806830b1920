{
  "variables": { "werror%": 0 },
  "targets": [
    {
      "target_name": "creditlab_bench",
      "sources": [
        "addon.cc",
        "futex_switch.cc",
        "signal_switch.cc",
        "timer_lateness.cc",
        "spin.cc",
        "../thread_info.cc"
      ],
      "include_dirs": [".."],
      "defines": ["NAPI_VERSION=9", "NAPI_DISABLE_CPP_EXCEPTIONS"],
      "cflags_cc": [
        "-isystem <!(node -p \"require('node:path').resolve(require('node-addon-api').include_dir)\")",
        "-std=c++20", "-Wall", "-Wextra", "-Wshadow", "-Wconversion"
      ],
      "conditions": [
        ["werror==1", { "cflags_cc": ["-Werror"] }]
      ],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"]
    }
  ]
}
