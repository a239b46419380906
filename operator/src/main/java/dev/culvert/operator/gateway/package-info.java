/** From an IPSecGateway to the agents on its nodes and the routes on the others. */
@NullMarked
package dev.culvert.operator.gateway;

import org.jspecify.annotations.NullMarked;
