/**
 * What the end-to-end tests are made of: network namespaces, gateways with hosts behind them, strongSwan, the agent,
 * captures and traffic. Each is closed by the test that made it, also when it fails; what a killed run left behind is
 * removed by the next.
 */
@NullMarked
package dev.culvert.e2e.lab;

import org.jspecify.annotations.NullMarked;
